"""The media relay: forwards packets over one UDP port and never decodes them."""

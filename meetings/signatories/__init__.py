"""What a person signs with, and a unit's seal: certificate, key or token, picture; agents on people's machines."""

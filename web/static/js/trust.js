// A service worker that does nothing: that a browser runs it at all shows that it believes our certificate (trial.js).

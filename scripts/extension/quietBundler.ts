// The extension plugin sets an option of rollup for content scripts, and vite's bundler warns at each that it ignores it.
// The bundler's log level is read once, when it is loaded: this module is imported before it. Errors still throw.
process.env["CONSOLA_LEVEL"] ??= "0";

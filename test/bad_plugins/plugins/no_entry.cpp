// A library with a plugin's notes and without a plugin's entry.
extern "C" int hearth_plugin_exit() { return 0; }

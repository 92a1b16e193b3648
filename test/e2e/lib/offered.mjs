// What this version of hearth offers of its design. A test of more than that is skipped and says so; when a part is built, its name
// comes in here and its tests count.
export const requests = ['StatusRequest', 'GetTime', 'QueryDevices', 'DefineDevice', 'On', 'DeviceOn', 'Off', 'DeviceOff'];
const parts = new Set([...requests, 'complete at ready', 'isolation', 'supervision', 'hot-drop', 'safe-mode']);

// The options of a test that needs these AtHome requests, or one of 'programs', 'isolation' (plugins in processes of their own),
// 'complete at ready' (no protocol answers before it knows every device).
export function needs(...names) {
  const missing = names.filter((name) => !parts.has(name));
  return missing.length === 0 ? {} : { skip: `not offered yet: ${missing.join(', ')}` };
}

// What this version of hearth offers of its design. A test of more than that is skipped and says so; when a part is built, its name
// comes in here and its tests count.
export const requests = [
  'StatusRequest', 'GetTime', 'SetTime', 'GetSunData',
  'QueryDevices', 'DefineDevice', 'UpdateDevice', 'DeleteDevice', 'QueryAvailableDevices', 'DiscoverDevices',
  'On', 'DeviceOn', 'Off', 'DeviceOff', 'Dim', 'Bright', 'OnOffStatus', 'AllDevicesOn', 'AllDevicesOff', 'GroupOn', 'GroupOff',
  'DefineActionGroup', 'UpdateActionGroup', 'DeleteActionGroup', 'QueryActionGroups', 'QueryActionGroup', 'QueryActionGroupDevices',
  'QueryAvailableGroupDevices', 'AssignDevice', 'DeleteActionGroupDevice',
  'DefineProgram', 'UpdateProgram', 'DeleteProgram', 'QueryPrograms', 'QueryDeviceProgram', 'QueryDevicePrograms',
  'QueryAvailablePrograms', 'AssignProgram', 'AssignProgramToGroup', 'DeleteDeviceProgram',
];
const parts = new Set([
  ...requests, 'programs', 'athome import', 'complete at ready', 'isolation', 'supervision', 'hot-drop', 'safe-mode',
]);

// The options of a test that needs these AtHome requests, or one of 'programs' (they fire; hearthctl programs; [home]), 'athome import'
// (the verb), 'isolation' (plugins in processes of their own), 'complete at ready' (no protocol answers before it knows every device).
export function needs(...names) {
  const missing = names.filter((name) => !parts.has(name));
  return missing.length === 0 ? {} : { skip: `not offered yet: ${missing.join(', ')}` };
}

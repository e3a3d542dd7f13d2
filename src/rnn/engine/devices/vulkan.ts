/** Where the Vulkan loader looks for drivers besides the folders that the environment names. */
const fixedFolders = ['/etc', '/etc/xdg', '/usr/local/share', '/usr/share', '/run/opengl-driver/share'];

/**
 * Whether this Linux has any Vulkan driver, by the rules of its loader. Asked first because
 * Dawn, started where there is none, writes warnings of its own to stderr.
 */
export async function hasVulkanDriver(env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  if (env['VK_ICD_FILENAMES'] ?? env['VK_DRIVER_FILES'] ?? env['VK_ADD_DRIVER_FILES']) return true;
  const { HOME: home = '' } = env;
  const named = [
    env['XDG_CONFIG_HOME'] ?? `${home}/.config`,
    env['XDG_DATA_HOME'] ?? `${home}/.local/share`,
    ...(env['XDG_CONFIG_DIRS'] ?? '').split(':'),
    ...(env['XDG_DATA_DIRS'] ?? '').split(':'),
  ];
  const name = 'node:fs/promises';
  const fs = (await import(
    /* @vite-ignore */ /* webpackIgnore: true */ name
  )) as typeof import('node:fs/promises');
  for (const folder of new Set([...named, ...fixedFolders])) {
    const files = await fs.readdir(`${folder}/vulkan/icd.d`).catch(() => []);
    if (files.some((file) => file.endsWith('.json'))) return true;
  }
  return false;
}

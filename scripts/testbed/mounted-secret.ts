import { mkdtemp, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

/**
 * Writes a Secret's data as files, as kubelet does: into a new folder, to which a link is then switched. Readers see either the
 * whole old content or the whole new content.
 *
 * @param data base64, as in the Secret
 */
export async function mountSecret(dir: string, data: Readonly<Record<string, string>>): Promise<void> {
  const present = join(dir, '..data')
  const before = await readlink(present).catch(() => undefined)
  const folder = await mkdtemp(`${dir}/..version-`)
  for (const [name, value] of Object.entries(data)) await writeFile(join(folder, name), Buffer.from(value, 'base64'))
  await symlink(basename(folder), join(dir, '..next'))
  await rename(join(dir, '..next'), present)
  const linked = (await readdir(dir)).filter(name => !name.startsWith('..'))
  for (const name of Object.keys(data)) if (!linked.includes(name)) await symlink(join('..data', name), join(dir, name))
  for (const name of linked) if (!(name in data)) await rm(join(dir, name))
  if (before !== undefined) await rm(join(dir, before), { recursive: true })
}

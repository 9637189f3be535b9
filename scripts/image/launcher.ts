import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commandName } from '../bundle/bundle.ts'
import { nodeFlags } from '../bundle/node-flags.ts'
import { nodePath } from './image-config.ts'

/** The name by which `kubectl exec … -- ecr-anywhere` finds the command: the folder of the bundle is on the image's PATH. */
export const launcherName = 'ecr-anywhere'

/**
 * A base without a shell needs a file that the kernel can start itself. The kernel passes all that follows the interpreter as one argument, so
 * there can be one flag: https://man7.org/linux/man-pages/man2/execve.2.html. It is a file beside the bundle, and not a link to it, because not
 * every tool that copies folders keeps links as they are.
 */
export const launcher = `#!${[nodePath, ...nodeFlags].join(' ')}\nimport('./${commandName}')\n`

/** Writes the launcher, executable by everybody, beside the bundle. */
export async function writeLauncher(dir: string): Promise<void> {
  const file = join(dir, launcherName)
  await writeFile(file, launcher)
  await chmod(file, 0o755)
}

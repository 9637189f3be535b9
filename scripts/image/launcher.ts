import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commandName } from '../bundle/bundle.ts'
import { nodeFlags } from '../bundle/node-flags.ts'
import { nodePath } from './image-config.ts'

/** The name of the command for `kubectl exec … -- ecr-anywhere`. The folder of the bundle is in PATH of the image. */
export const launcherName = 'ecr-anywhere'

/**
 * An image without a shell needs a file that the kernel can start. The kernel passes the text after the interpreter as one argument, so there
 * can be one flag: https://man7.org/linux/man-pages/man2/execve.2.html. It is a file and not a link to the bundle, because not every tool
 * that copies folders preserves links.
 */
export const launcher = `#!${[nodePath, ...nodeFlags].join(' ')}\nimport('./${commandName}')\n`

/** Writes the launcher next to the bundle. All users may execute it. */
export async function writeLauncher(dir: string): Promise<void> {
  const file = join(dir, launcherName)
  await writeFile(file, launcher)
  await chmod(file, 0o755)
}

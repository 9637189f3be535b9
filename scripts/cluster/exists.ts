import { stat } from 'node:fs/promises'

/** True where a program is there. */
export async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    found => found.isFile(),
    () => false,
  )
}

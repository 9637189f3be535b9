import { stat } from 'node:fs/promises'

/** @returns whether a file exists */
export async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    found => found.isFile(),
    () => false,
  )
}

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { must } from '../cluster/run.ts'

/** A folder as a layer of an image. */
export interface Layer {
  /** the uncompressed file */
  tar: string
  /** the digest of that file */
  diffId: string
}

/** Creates a layer from the folder `root` in the file `tar`. */
export async function makeLayer(tar: string, root: string): Promise<Layer> {
  await writeTar(tar, root)
  return { tar, diffId: await digestOf(tar) }
}

/** Flags of GNU tar with which owner, time, umask and the order of files do not affect the layer. */
export async function writeTar(file: string, folder: string): Promise<void> {
  const same = ['--format=ustar', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX']
  await must('tar', ['--create', `--file=${file}`, ...same, `--directory=${folder}`, '--transform=s,^\\./,,', '.'])
}

/** `sha256:…` */
async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return `sha256:${hash.digest('hex')}`
}

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { must } from '../cluster/run.ts'

/** A folder of files as an image carries it. */
export interface Layer {
  /** the file, not compressed */
  tar: string
  /** digest of that file */
  diffId: string
}

/** Makes a layer of the folder `root`, in the file `tar`. */
export async function makeLayer(tar: string, root: string): Promise<Layer> {
  await writeTar(tar, root)
  return { tar, diffId: await digestOf(tar) }
}

/** Nothing of this machine or this minute gets in: no owner, no time, no umask, no order of the disk's. GNU tar. */
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

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { must } from '../cluster/run.ts'

/** https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfig {
  Entrypoint: string[]
  Env?: string[]
  User?: string
  WorkingDir?: string
  Labels?: Record<string, string>
}

export interface Image {
  /** `NAME:TAG` */
  name: string
  /** the folder that becomes `/` */
  root: string
  config: ImageConfig
  /** where the archive is put */
  file: string
}

/** Makes a docker-archive of one layer, which `docker load`, `ctr images import` and `skopeo copy` read. The same files give the same bytes. */
export async function writeImage({ name, root, config, file }: Image): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const work = await mkdtemp(join(tmpdir(), 'ecr-anywhere-image-'))
  try {
    await tar(join(work, 'layer.tar'), root)
    const diffId = `sha256:${await sha256(join(work, 'layer.tar'))}`
    const architecture = ({ x64: 'amd64' } as Record<string, string>)[process.arch] ?? process.arch
    const content = JSON.stringify({ architecture, os: 'linux', config, rootfs: { type: 'layers', diff_ids: [diffId] } })
    const configName = `${createHash('sha256').update(content).digest('hex')}.json`
    await writeFile(join(work, configName), content)
    await writeFile(join(work, 'manifest.json'), JSON.stringify([{ Config: configName, RepoTags: [name], Layers: ['layer.tar'] }]))
    await tar(`${file}.half`, work)
    await rename(`${file}.half`, file)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Nothing of this machine or this minute gets in: no owner, no time, no umask, no order of the disk's. GNU tar. */
async function tar(file: string, folder: string): Promise<void> {
  const same = ['--format=ustar', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX']
  await must('tar', ['--create', `--file=${file}`, ...same, `--directory=${folder}`, '--transform=s,^\\./,,', '.'])
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return hash.digest('hex')
}

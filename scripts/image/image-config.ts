import { commandName } from '../bundle/bundle.ts'
import { nodeFlags } from '../bundle/node-flags.ts'
import { run } from '../cluster/run.ts'
import type { ImageConfig } from './built-image.ts'

/** The path of the CA certificates, as in distroless images. */
export const nodePath = '/nodejs/bin/node'
/** The user `nonroot` of distroless images. Any user works, because no file in the image is written or needs an owner. */
export const uid = 65532
export const home = '/home/nonroot'
/** The PATH: the folder of the launcher, and the folders of distroless images. */
const path = '/app:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Where the sources and the releases are. */
export const source = 'https://github.com/CentML/ecr-anywhere'

/** The config of the image, for every architecture. */
export async function imageConfig(version: string): Promise<ImageConfig> {
  return {
    Entrypoint: [nodePath, ...nodeFlags, `/app/${commandName}`],
    Env: [`HOME=${home}`, `PATH=${path}`],
    User: `${uid}:${uid}`,
    WorkingDir: '/app',
    Labels: await labels(version),
  }
}

/** https://github.com/opencontainers/image-spec/blob/main/annotations.md */
export async function labels(version: string): Promise<Record<string, string>> {
  const prefix = 'org.opencontainers.image'
  return {
    [`${prefix}.title`]: 'ecr-anywhere',
    [`${prefix}.description`]: 'Private Amazon ECR images on any Kubernetes cluster, with credentials that renew themselves',
    [`${prefix}.version`]: version,
    [`${prefix}.revision`]: await git('rev-parse', 'HEAD'),
    // The time of the commit, so that the same commit results in the same image.
    [`${prefix}.created`]: await git('log', '-1', '--format=%cI'),
    [`${prefix}.source`]: source,
    [`${prefix}.documentation`]: `${source}#readme`,
    [`${prefix}.licenses`]: 'Apache-2.0',
  }
}

/** The output of git, or an empty string if this is no git repository but a source archive. */
async function git(...args: string[]): Promise<string> {
  const { code, stdout } = await run('git', args)
  return code === 0 ? stdout.trim() : ''
}

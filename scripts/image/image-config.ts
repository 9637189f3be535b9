import { commandName } from '../bundle/bundle.ts'
import { nodeFlags } from '../bundle/node-flags.ts'
import { run } from '../cluster/run.ts'
import type { ImageConfig } from './built-image.ts'

/** Where distroless images have it. */
export const nodePath = '/nodejs/bin/node'
/** The `nonroot` of distroless images. Any other works: nothing in the image is written to, or belongs to anybody. */
export const uid = 65532
export const home = '/home/nonroot'
/** The folder of the launcher, and what distroless has. */
const path = '/app:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** What an image says of itself, for every architecture. */
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
  const source = 'https://github.com/CentML/ecr-anywhere'
  return {
    [`${prefix}.title`]: 'ecr-anywhere',
    [`${prefix}.description`]: 'Private Amazon ECR images on any Kubernetes cluster, with credentials that renew themselves',
    [`${prefix}.version`]: version,
    [`${prefix}.revision`]: await git('rev-parse', 'HEAD'),
    // The commit's time, not this minute: the same commit gives the same image.
    [`${prefix}.created`]: await git('log', '-1', '--format=%cI'),
    [`${prefix}.source`]: source,
    [`${prefix}.documentation`]: `${source}#readme`,
    [`${prefix}.licenses`]: 'Apache-2.0',
  }
}

/** Empty where this is no git repository: a source archive can be built, too. */
async function git(...args: string[]): Promise<string> {
  const { code, stdout } = await run('git', args)
  return code === 0 ? stdout.trim() : ''
}

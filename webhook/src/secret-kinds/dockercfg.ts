import { dockerKind } from './docker.ts'

/** `~/.dockercfg`, the older format: the same without the `auths` level. */
export const dockerCfg = dockerKind({ name: 'kubernetes.io/dockercfg', key: '.dockercfg', nested: false })

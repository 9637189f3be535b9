import { dockerShape } from './docker.ts'

/** `~/.dockercfg`, the older format: the same without the `auths` level. */
export const dockerCfg = dockerShape({ kind: 'kubernetes.io/dockercfg', key: '.dockercfg', nested: false })

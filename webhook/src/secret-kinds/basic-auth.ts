import { loginShape } from './login.ts'

/** Flux, Tekton and others read these. */
export const basicAuth = loginShape('kubernetes.io/basic-auth')

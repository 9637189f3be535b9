import { loginKind } from './login.ts'

/** Flux, Tekton and others read these. */
export const basicAuth = loginKind('kubernetes.io/basic-auth')

import { ensureTofu } from './tofu.ts'

/** Builds OpenTofu before tests need it. */
console.log(await ensureTofu())

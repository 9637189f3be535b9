import { mkdir, symlink } from 'node:fs/promises'
import { arrows } from '../tests/layout.ts'

/**
 * Runs in the copy of the tree. Packages are found in the repository above it, but workspaces must be those of the copy, because otherwise
 * mutants of `shared` would not be used.
 */
await mkdir('node_modules/@ecr-anywhere', { recursive: true })
for (const workspace of Object.keys(arrows)) await symlink(`../../${workspace}`, `node_modules/@ecr-anywhere/${workspace}`)

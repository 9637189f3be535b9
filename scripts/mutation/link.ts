import { mkdir, symlink } from 'node:fs/promises'
import { arrows } from '../tests/layout.ts'

/**
 * Run in the copy of the tree. Packages are found in the repository above it; the workspaces must be the copy's own, or nobody would see a
 * mutant of `shared`.
 */
await mkdir('node_modules/@ecr-anywhere', { recursive: true })
for (const workspace of Object.keys(arrows)) await symlink(`../../${workspace}`, `node_modules/@ecr-anywhere/${workspace}`)

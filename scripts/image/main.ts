import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { version } from '@ecr-anywhere/shared/version.ts'
import { buildWithDocker } from './docker.ts'
import { imageFile, imageName, makeContent, makeLocalImage, sbomFile } from './image.ts'
import { imageConfig } from './image-config.ts'

/** `BASE=…` is the Dockerfile's argument; `BASE=local` asks for this machine's node at once. */
const { BASE: base } = process.env
const startedMs = performance.now()
await makeContent()
const why = base === 'local' ? 'as asked' : await onBase()
if (why !== undefined) {
  console.error(`on this machine's node ${process.version} instead of a distroless base (${why})`)
  await makeLocalImage()
}
const { size } = await stat(imageFile)
const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
console.log(
  `${imageName}: ${megabytes(size)} MB, ${megabytes(await packedSize())} MB compressed, in ${seconds} s\n${imageFile}\n${sbomFile}`,
)

async function onBase(): Promise<string | undefined> {
  const { Labels: labels = {} } = await imageConfig(version)
  const label = (name: string) => labels[`org.opencontainers.image.${name}`] ?? ''
  const args = { VERSION: version, REVISION: label('revision'), CREATED: label('created'), ...(base && { BASE: base }) }
  return await buildWithDocker({ name: imageName, args, file: imageFile })
}

/** What a registry keeps and a node pulls. */
async function packedSize(): Promise<number> {
  let bytes = 0
  await pipeline(createReadStream(imageFile), createGzip(), async chunks => {
    for await (const chunk of chunks) bytes += chunk.length
  })
  return bytes
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0)
}

import { readFile, writeFile } from 'node:fs/promises'
import https from 'node:https'
import { join } from 'node:path'

/** What the programs of the tests know of registries: the file of Docker's client, and a real request to `/v2/`. */
const { env } = process
const configFile = () => join(env.DOCKER_CONFIG ?? join(env.HOME ?? '', '.docker'), 'config.json')

/** @param basic `user:password` @returns the status of `/v2/` */
export async function statusOf(host: string, basic: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const ca = await readFile(env.SSL_CERT_FILE ?? '', 'utf8')
  const authorization = `Basic ${Buffer.from(basic).toString('base64')}`
  const agent = new https.Agent({ proxyEnv: env, ca })
  https
    .get(`https://${host}/v2/`, { agent, headers: { authorization } }, answer => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    .on('error', reject)
  return promise
}

export async function saveLogin(host: string, basic: string): Promise<void> {
  await writeFile(configFile(), JSON.stringify({ auths: { [host]: { auth: Buffer.from(basic).toString('base64') } } }))
}

/** Opens the registry of an image with the login in the file. @throws if there is none, or if it is refused */
export async function open(image: string): Promise<void> {
  const [host = ''] = image.split('/')
  const { auths } = JSON.parse(await readFile(configFile(), 'utf8')) as { auths: Record<string, { auth: string }> }
  const status = await statusOf(host, Buffer.from(auths[host]?.auth ?? '', 'base64').toString())
  if (status !== 200) throw new Error(`${host} answered ${status}`)
}

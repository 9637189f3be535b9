import { randomBytes } from 'node:crypto'
import { type Handler, json } from './exchange.ts'
import { type MetadataWorld, machineSession, metadataService, text } from './metadata.ts'

const rolesPath = '/latest/meta-data/iam/security-credentials/'
const instanceId = 'i-0123456789abcdef0'

/**
 * The EC2 instance metadata service, only version 2: a token by PUT, then the name of the role, then its credentials.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export function instanceMetadata(world: MetadataWorld): Handler {
  const token = randomBytes(40).toString('base64')
  return metadataService(world, 'instance', ({ method, url = '', headers }) => {
    if (method === 'PUT' && url === '/latest/api/token') {
      // A request through a proxy may come from another machine.
      if (headers['x-forwarded-for'] !== undefined) return text(403, 'Forbidden')
      return headers['x-aws-ec2-metadata-token-ttl-seconds'] === undefined ? text(400, 'Bad Request') : text(200, token)
    }
    if (headers['x-aws-ec2-metadata-token'] !== token) return text(401, 'Unauthorized')
    const roleArn = world.switches.machine.roleArn ?? ''
    const name = roleArn.slice(roleArn.lastIndexOf('/') + 1)
    if (name !== '' && url === rolesPath) return text(200, name)
    const session = url === rolesPath + name ? machineSession(world, instanceId) : undefined
    if (session === undefined) return text(404, 'Not Found')
    const LastUpdated = new Date(world.nowMs()).toISOString().replace(/\.\d{3}/, '')
    return json(200, { Code: 'Success', LastUpdated, Type: 'AWS-HMAC', ...session })
  })
}

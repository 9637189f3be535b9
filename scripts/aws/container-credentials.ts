import { type Handler, json } from './exchange.ts'
import { type MetadataWorld, machineSession, metadataService } from './metadata.ts'
import { accountOf } from './principals.ts'

const sessionName = 'eks-testbed-webhook-0123456789'

/**
 * The endpoint of the EKS Pod Identity agent and of the ECS agent at AWS_CONTAINER_CREDENTIALS_FULL_URI.
 * Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export function containerCredentials(world: MetadataWorld): Handler {
  return metadataService(world, 'container', ({ url, headers }) => {
    const { authorization, roleArn = '' } = world.switches.machine
    if (authorization !== undefined && headers.authorization !== authorization) {
      return json(400, { Code: 'InvalidTokenException', Message: 'The token in the request is not that of a pod of this node' })
    }
    const session = url === '/v1/credentials' ? machineSession(world, sessionName) : undefined
    if (session === undefined) return json(404, { Code: 'ResourceNotFoundException', Message: 'No association was found for the pod' })
    return json(200, { ...session, AccountId: accountOf(roleArn) })
  })
}

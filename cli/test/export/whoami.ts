import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'

/** A program of the tests: prints who the credentials of its environment are, by the real AWS SDK and its usual chain of providers. */
const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}))
process.stdout.write(`${Arn}\n`)

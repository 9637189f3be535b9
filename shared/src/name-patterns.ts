/** A DNS label, such as the name of a namespace: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The name of most objects, such as a Secret. Each of its parts begins and ends with a letter or digit, so `a..b` and `a.-b` are not names.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
export const dnsSubdomain = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:[.][a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/

/** The ARN of an IAM role, of any partition, with or without a path. */
export const roleArnPattern = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/

/** The form of the names of AWS regions, such as `us-east-1` or `us-gov-west-1`. */
export const awsRegionPattern = /^[a-z]{2,6}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/

// Package corev1 has what the code of Argo CD reads of the Secret of Kubernetes.
package corev1

// Secret is a Secret in JSON.
type Secret struct {
	Metadata struct {
		Name   string            `json:"name"`
		Labels map[string]string `json:"labels"`
	} `json:"metadata"`
	Data map[string][]byte `json:"data"`
}

// Asks the code of Argo CD, which is in matching.go beside this file, which Secrets it uses for repositories.
//
// It reads Secrets from stdin, as `kubectl get secrets -o json` prints them, and URLs of repositories from its arguments. For each URL it
// prints a line of JSON with the names of the Secrets: of the repository, and of the credential template.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"argo.test/asked/common"
	"argo.test/asked/corev1"
)

type db struct{ secrets []*corev1.Secret }

// listSecretsByType lists the Secrets whose label has one of the values. Argo CD has an informer for it.
func (db *db) listSecretsByType(types ...string) ([]*corev1.Secret, error) {
	var found []*corev1.Secret
	for _, secret := range db.secrets {
		if slices.Contains(types, secret.Metadata.Labels[common.LabelKeySecretType]) {
			found = append(found, secret)
		}
	}
	return found, nil
}

type secretsRepositoryBackend struct {
	db         *db
	writeCreds bool
}

// The names that the code of Argo CD has for its log and for the errors of gRPC.
var (
	log    warnings
	status errors
	codes  struct{ NotFound int }
)

type warnings struct{}

func (warnings) Warnf(format string, values ...any) { fmt.Fprintf(os.Stderr, format+"\n", values...) }

type errors struct{}

func (errors) Errorf(_ int, format string, values ...any) error { return fmt.Errorf(format, values...) }

// nameOf returns the name of the Secret that was found. If none was found, Argo CD returns an error.
func nameOf(secret *corev1.Secret, err error) *string {
	if err != nil {
		return nil
	}
	return &secret.Metadata.Name
}

func main() {
	var list struct {
		Items []*corev1.Secret `json:"items"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&list); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	argo := &secretsRepositoryBackend{db: &db{secrets: list.Items}}
	for _, url := range os.Args[1:] {
		answer, err := json.Marshal(map[string]*string{
			"repository": nameOf(argo.getRepositorySecret(url, "", true)),
			"template":   nameOf(argo.getRepoCredsSecret(url)),
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(string(answer))
	}
}

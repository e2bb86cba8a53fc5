// The Kubernetes of the tests: kube-apiserver and the etcd behind it in one process. It keeps everything in its
// working directory, listens on the loopback only, and ends on SIGTERM or when its standard input does, so that a
// test runner that is killed leaves nothing behind.
//
//	server -port 41234 [-- any flag of kube-apiserver]
//
// One line of JSON on standard output says that it is ready; logs go to standard error.
package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"syscall"
	"time"

	"k8s.io/client-go/util/cert"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

const issuer = "https://kubernetes.realm-rescue.invalid"

func main() {
	flags := flag.NewFlagSet("server", flag.ExitOnError)
	port := flags.Int("port", 0, "port of the API on 127.0.0.1")
	check(flags.Parse(os.Args[1:]))
	url := fmt.Sprintf("https://127.0.0.1:%d", *port)

	writeCredentials(url)
	// Takes over the signals, so it comes before anything that has to be closed in the end.
	command := app.NewAPIServerCommand()
	store := startStore()
	command.SetArgs(append([]string{
		"--etcd-servers=" + storeURL,
		// Without the second it would look for an address that others reach it by, and fail on a machine without a network.
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
		fmt.Sprintf("--secure-port=%d", *port),
		"--tls-cert-file=" + serverFiles.certificate, "--tls-private-key-file=" + serverFiles.key,
		"--client-ca-file=" + authorityFile,
		"--token-auth-file=" + tokenFile,
		"--service-account-issuer=" + issuer,
		"--service-account-signing-key-file=" + issuerKeyFile, "--service-account-key-file=" + issuerKeyFile,
		"--authorization-mode=RBAC",
		"--service-cluster-ip-range=10.0.0.0/24",
		// There are no other API servers to agree with about the endpoints of the service "kubernetes".
		"--endpoint-reconciler-type=none",
		// Nothing here makes the default service accounts that this plug-in gives to every pod.
		"--disable-admission-plugins=ServiceAccount",
		"--profiling=false",
	}, flags.Args()...))

	go endWithInput()
	go announce(url)
	err := command.Execute()
	store.Close()
	check(err)
}

// endWithInput takes the way of SIGTERM when whoever started the server is gone.
func endWithInput() {
	io.Copy(io.Discard, os.Stdin)
	syscall.Kill(os.Getpid(), syscall.SIGTERM)
}

// announce says so once the server is ready, which is later than that it listens. When that never happens the reader
// of the line learns it from the end of the process or from a limit of its own.
func announce(url string) {
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: must(cert.NewPool(authorityFile))}, DisableKeepAlives: true}}
	for ; ; time.Sleep(20 * time.Millisecond) {
		response, err := client.Get(url + "/readyz")
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			break
		}
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{"ready": true, "url": url}))
}

// check is enough for a server of tests: whatever cannot be set up ends it, with the reason in its log.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

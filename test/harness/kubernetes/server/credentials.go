package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math"
	"math/big"
	"net"
	"os"
	"strings"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/serviceaccount"
)

const (
	authorityFile = "ca.crt"
	tokenFile     = "tokens.csv"
	issuerKeyFile = "service-accounts.key"
)

var serverFiles = struct{ certificate, key string }{"server.crt", "server.key"}

// Who logs in with a token. RBAC gives them nothing but the discovery of the API until a test binds a role to them.
var people = []struct{ name, group string }{{"oncall", "oncall"}, {"nobody", "nobodies"}}

// writeCredentials makes the keys of the server and a kubeconfig for everybody. A server that is started again in the
// same directory keeps them, because its clients do.
func writeCredentials(url string) {
	if _, err := os.Stat(authorityFile); err == nil {
		return
	}
	now := time.Now()
	ca := newAuthority()
	certificate, key := ca.issue(x509.Certificate{
		Subject:     pkix.Name{CommonName: "kube-apiserver"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"localhost", "kubernetes.default.svc"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotAfter:    now.AddDate(1, 0, 0),
	})
	check(cert.WriteCert(serverFiles.certificate, certificate))
	check(keyutil.WriteKey(serverFiles.key, key))
	issuerKey := newKey()
	check(keyutil.WriteKey(issuerKeyFile, must(keyutil.MarshalPrivateKeyToPEM(issuerKey))))

	logins := map[string]*api.AuthInfo{
		"admin":         ca.administrator(now.AddDate(1, 0, 0)),
		"expired-cert":  ca.administrator(now.Add(-time.Hour)),
		"expired-token": {Token: expiredToken(issuerKey)},
		"wrong-token":   {Token: "nobody-has-this-token"},
	}
	var known strings.Builder
	for _, person := range people {
		token := "token-of-" + person.name
		fmt.Fprintf(&known, "%s,%s@example.org,uid-of-%s,%s\n", token, person.name, person.name, person.group)
		logins[person.name] = &api.AuthInfo{Token: token}
	}
	check(os.WriteFile(tokenFile, []byte(known.String()), 0o600))
	authority := must(cert.EncodeCertificates(ca.certificate))
	for name, login := range logins {
		config := api.NewConfig()
		config.Clusters["tests"] = &api.Cluster{Server: url, CertificateAuthorityData: authority}
		config.AuthInfos[name] = login
		config.Contexts[name] = &api.Context{Cluster: "tests", AuthInfo: name}
		config.CurrentContext = name
		check(clientcmd.WriteToFile(*config, name+".kubeconfig"))
	}
	// Last, since its presence says that all the others are there.
	check(cert.WriteCert(authorityFile, authority))
}

type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority() authority {
	key := newKey()
	return authority{must(cert.NewSelfSignedCACert(cert.Config{CommonName: "authority of the tests"}, key)), key}
}

// issue fills what is the same in all certificates into the template, and gives certificate and key as PEM.
func (ca authority) issue(template x509.Certificate) (certificate, key []byte) {
	template.SerialNumber = must(rand.Int(rand.Reader, big.NewInt(math.MaxInt64)))
	template.NotBefore = time.Now().Add(-48 * time.Hour)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	own := newKey()
	der := must(x509.CreateCertificate(rand.Reader, &template, ca.certificate, own.Public(), ca.key))
	return must(cert.EncodeCertificates(must(x509.ParseCertificate(der)))), must(keyutil.MarshalPrivateKeyToPEM(own))
}

func (ca authority) administrator(until time.Time) *api.AuthInfo {
	certificate, key := ca.issue(x509.Certificate{
		Subject:     pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		NotAfter:    until,
	})
	return &api.AuthInfo{ClientCertificateData: certificate, ClientKeyData: key}
}

// expiredToken gives a token of a service account that the server itself would have given two hours ago, for one hour.
func expiredToken(key *ecdsa.PrivateKey) string {
	account := core.ServiceAccount{}
	account.Namespace, account.Name, account.UID = "default", "realm-rescue", "7c1f0c5e-0000-4000-8000-000000000000"
	public, private, err := serviceaccount.Claims(account, nil, nil, nil, -3600, 0, []string{issuer})
	check(err)
	*public.IssuedAt -= 7200
	*public.NotBefore -= 7200
	return must(must(serviceaccount.JWTTokenGenerator(issuer, key)).GenerateToken(context.Background(), public, private))
}

func newKey() *ecdsa.PrivateKey {
	return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
}

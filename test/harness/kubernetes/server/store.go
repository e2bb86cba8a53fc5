package main

import (
	"log"
	"net/url"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

// A socket in the working directory, so that there is no port to collide with and no other user reads the store. The
// name is relative because the path of a socket may be no longer than 107 bytes.
const storeURL = "unix://etcd.sock"

func startStore() *embed.Etcd {
	config := embed.NewConfig()
	config.Dir = "etcd"
	config.ListenClientUrls = []url.URL{*must(url.Parse(storeURL))}
	// A store of one member has no peers to listen for. What it would tell them of itself is a name only.
	config.ListenPeerUrls = nil
	// Outlives the end of the process, though not that of the machine.
	config.UnsafeNoFsync = true
	config.LogLevel = "error"
	config.LogOutputs = []string{"stderr"}
	store := must(embed.StartEtcd(config))
	select {
	case <-store.Server.ReadyNotify():
	case err := <-store.Err():
		log.Fatal(err)
	case <-time.After(time.Minute):
		log.Fatal("etcd is not ready after a minute")
	}
	return store
}

// Checks a log and its proofs with the Go project's own packages for signed notes and tiled logs.
// Knows nothing of kua's code; it was written from the public specifications (c2sp.org).
//
//	verify_log log FOLDER VKEY               every entry and tile of a log
//	verify_log older FOLDER VKEY CHECKPOINT  that an older checkpoint is a beginning of it
//	verify_log proof ENTRY PROOF VKEY        one entry (bytes in a file) and its .tlog-proof
//
// Build on Debian, without a network:
//
//	apt-get install golang-go golang-golang-x-mod-dev
//	GO111MODULE=off GOPATH=/usr/share/gocode go build verify_log.go
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	arguments := os.Args[1:]
	var err error
	switch {
	case len(arguments) == 3 && arguments[0] == "log":
		err = checkLog(arguments[1], arguments[2])
	case len(arguments) == 4 && arguments[0] == "older":
		err = checkOlder(arguments[1], arguments[2], arguments[3])
	case len(arguments) == 4 && arguments[0] == "proof":
		err = checkProof(arguments[1], arguments[2], arguments[3])
	default:
		fmt.Fprintln(os.Stderr, "usage: verify_log log FOLDER VKEY | older FOLDER VKEY CHECKPOINT | proof ENTRY PROOF VKEY")
		os.Exit(2)
	}
	if err != nil {
		fmt.Println("NOT AS SIGNED:", err)
		os.Exit(1)
	}
}

func checkLog(folder, vkey string) error {
	tree, name, err := openCheckpoint(filepath.Join(folder, "checkpoint"), vkey)
	if err != nil {
		return err
	}
	// TileHashReader proves every hash it returns against the signed root.
	proved := tlog.TileHashReader(tree, &tiles{folder})
	stored := memory{}
	for first := int64(0); first < tree.N; first += 256 {
		entries, err := readBundle(folder, first, tree.N)
		if err != nil {
			return err
		}
		var indexes []int64
		for i := range entries {
			indexes = append(indexes, tlog.StoredHashIndex(0, first+int64(i)))
		}
		hashes, err := proved.ReadHashes(indexes)
		if err != nil {
			return fmt.Errorf("tiles at entry %d: %v", first, err)
		}
		for i, entry := range entries {
			number := first + int64(i)
			if tlog.RecordHash(entry) != hashes[i] {
				return fmt.Errorf("entry %d is not the one that was signed", number)
			}
			more, err := tlog.StoredHashes(number, entry, stored)
			if err != nil {
				return err
			}
			stored = append(stored, more...)
		}
	}
	root, err := tlog.TreeHash(tree.N, stored)
	if err != nil {
		return err
	}
	if tree.N > 0 && root != tree.Hash {
		return fmt.Errorf("the entries lead to the root %v, signed is %v", root, tree.Hash)
	}
	fmt.Printf("verified: %d entries of %s, root %v\n", tree.N, name, tree.Hash)
	return nil
}

func checkOlder(folder, vkey, older string) error {
	tree, name, err := openCheckpoint(filepath.Join(folder, "checkpoint"), vkey)
	if err != nil {
		return err
	}
	old, _, err := openCheckpoint(older, vkey)
	if err != nil {
		return err
	}
	if old.N == 0 {
		return nil
	}
	if old.N > tree.N {
		return fmt.Errorf("%d entries were signed before, only %d are left", old.N, tree.N)
	}
	proof, err := tlog.ProveTree(tree.N, old.N, tlog.TileHashReader(tree, &tiles{folder}))
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
		return err
	}
	fmt.Printf("verified: the %d entries signed before are the first of the %d of %s\n", old.N, tree.N, name)
	return nil
}

func checkProof(entry, proof, vkey string) error {
	record, err := os.ReadFile(entry)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(proof)
	if err != nil {
		return err
	}
	head, checkpoint, found := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("%s is no tlog-proof", proof)
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") && len(lines) > 1 {
		lines = lines[1:]
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil {
		return err
	}
	var path tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		path = append(path, hash)
	}
	tree, name, err := parseCheckpoint([]byte(checkpoint), vkey)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(record)); err != nil {
		return err
	}
	fmt.Printf("verified: entry %d of the %d of %s\n", index, tree.N, name)
	return nil
}

func openCheckpoint(path, vkey string) (tlog.Tree, string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return tlog.Tree{}, "", err
	}
	return parseCheckpoint(text, vkey)
}

func parseCheckpoint(text []byte, vkey string) (tlog.Tree, string, error) {
	var tree tlog.Tree
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, "", err
	}
	signed, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tree, "", err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return tree, "", fmt.Errorf("the checkpoint is not one of %s", verifier.Name())
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, "", err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tree, "", fmt.Errorf("the root is malformed")
	}
	copy(tree.Hash[:], root)
	return tree, lines[0], nil
}

// tiles reads the tiles of c2sp.org/tlog-tiles: those of Go without the height in their path.
type tiles struct{ folder string }

func (t *tiles) Height() int                      { return 8 }
func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s is %d bytes long", path, len(data))
		}
		all = append(all, data)
	}
	return all, nil
}

// readBundle reads entries first to first+255, or as many as there are: each a length of two
// bytes, big end first, and the entry.
func readBundle(folder string, first, size int64) ([][]byte, error) {
	tile := tlog.Tile{H: 8, L: -1, N: first / 256, W: 256}
	if size-first < 256 {
		tile.W = int(size - first)
	}
	path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(folder, path))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(entries) < tile.W {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, fmt.Errorf("%s is cut short", path)
		}
		length := int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:2+length])
		data = data[2+length:]
	}
	if len(data) > 0 {
		return nil, fmt.Errorf("%s is too long", path)
	}
	return entries, nil
}

// memory holds the hashes computed so far in the order of tlog.StoredHashIndex.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, index := range indexes {
		if index >= int64(len(m)) {
			return nil, fmt.Errorf("hash %d is not there yet", index)
		}
		found = append(found, m[index])
	}
	return found, nil
}

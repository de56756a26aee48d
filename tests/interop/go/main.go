// The Go package go-jose at the other end of a pipe: one JSON line in, one out.
package main

import (
	"bufio"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"

	jose "github.com/go-jose/go-jose/v4"
)

type request struct {
	Op         string          `json:"op"`
	Format     string          `json:"format"`
	Protected  map[string]any  `json:"protected"`
	Recipients []recipient     `json:"recipients"`
	Plaintext  string          `json:"plaintext"`
	Payload    string          `json:"payload"`
	Aad        string          `json:"aad"`
	Token      json.RawMessage `json:"token"`
	Key        json.RawMessage `json:"key"`
	Jwk        json.RawMessage `json:"jwk"`
	Algorithm  string          `json:"algorithm"`
	Encryption string          `json:"encryption"`
}

type recipient struct {
	Key    json.RawMessage   `json:"key"`
	Header map[string]string `json:"header"`
}

func main() {
	operations := map[string]func(request) (any, error){
		"about": about, "encrypt": encrypt, "decrypt": decrypt, "sign": sign, "verify": verify, "key": key,
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var asked request
		err := json.Unmarshal(lines.Bytes(), &asked)
		var value any
		if err == nil {
			value, err = operations[asked.Op](asked)
		}
		answer := map[string]any{"value": value}
		if err != nil {
			answer = map[string]any{"error": fmt.Sprintf("%T", err), "message": err.Error()}
		}
		text, _ := json.Marshal(answer)
		fmt.Println(string(text))
	}
}

func about(request) (any, error) {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/go-jose/go-jose/v4" {
			return module.Version, nil
		}
	}
	return "unknown", nil
}

func encrypt(asked request) (any, error) {
	plaintext, err := base64.RawURLEncoding.DecodeString(asked.Plaintext)
	if err != nil {
		return nil, err
	}
	encrypter, err := encrypterOf(asked)
	if err != nil {
		return nil, err
	}
	aad, err := base64.RawURLEncoding.DecodeString(asked.Aad)
	if err != nil {
		return nil, err
	}
	message, err := encrypter.EncryptWithAuthData(plaintext, nonEmpty(aad))
	if err != nil {
		return nil, err
	}
	if asked.Format == "compact" {
		return message.CompactSerialize()
	}
	return serialized(message, len(asked.Recipients))
}

// Of several recipients, go-jose writes the key of the first a second time, beside them, where RFC 7516, section 7.2.1,
// has no such member.
func serialized(message *jose.JSONWebEncryption, recipients int) (any, error) {
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(message.FullSerialize()), &members); err != nil {
		return nil, err
	}
	if recipients > 1 {
		delete(members, "encrypted_key")
	}
	return members, nil
}

func nonEmpty(data []byte) []byte {
	if len(data) == 0 {
		return nil
	}
	return data
}

func encrypterOf(asked request) (jose.Encrypter, error) {
	options := &jose.EncrypterOptions{}
	if asked.Protected["zip"] == "DEF" {
		options.Compression = jose.DEFLATE
	}
	encryption := jose.ContentEncryption(fmt.Sprint(asked.Protected["enc"]))
	recipients := []jose.Recipient{}
	for _, one := range asked.Recipients {
		jwk, err := keyOf(one.Key)
		if err != nil {
			return nil, err
		}
		algorithm := one.Header["alg"]
		if algorithm == "" {
			algorithm = fmt.Sprint(asked.Protected["alg"])
		}
		made := jose.Recipient{Algorithm: jose.KeyAlgorithm(algorithm), Key: jwk}
		if count, ok := asked.Protected["p2c"].(float64); ok {
			made.PBES2Count = int(count)
		}
		recipients = append(recipients, made)
	}
	if len(recipients) == 1 {
		return jose.NewEncrypter(encryption, recipients[0], options)
	}
	return jose.NewMultiEncrypter(encryption, recipients, options)
}

func decrypt(asked request) (any, error) {
	text := string(asked.Token)
	if text[0] == '"' {
		if err := json.Unmarshal(asked.Token, &text); err != nil {
			return nil, err
		}
	}
	algorithms := []jose.KeyAlgorithm{}
	for _, name := range everyAlgorithm {
		algorithms = append(algorithms, jose.KeyAlgorithm(name))
	}
	message, err := jose.ParseEncrypted(text, algorithms, []jose.ContentEncryption{jose.ContentEncryption(asked.Encryption)})
	if err != nil {
		return nil, err
	}
	jwk, err := keyOf(asked.Key)
	if err != nil {
		return nil, err
	}
	_, header, plaintext, err := message.DecryptMulti(jwk)
	if err != nil {
		return nil, err
	}
	if header.Algorithm != asked.Algorithm {
		return nil, fmt.Errorf("decrypted with %s", header.Algorithm)
	}
	return base64.RawURLEncoding.EncodeToString(plaintext), nil
}

// A message for several recipients names several algorithms.
var everyAlgorithm = []string{
	"RSA-OAEP", "RSA-OAEP-256", "A128KW", "A192KW", "A256KW", "dir",
	"ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW",
	"A128GCMKW", "A192GCMKW", "A256GCMKW",
	"PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW",
}

func sign(asked request) (any, error) {
	payload, err := base64.RawURLEncoding.DecodeString(asked.Payload)
	if err != nil {
		return nil, err
	}
	jwk, err := keyOf(asked.Key)
	if err != nil {
		return nil, err
	}
	algorithm := jose.SignatureAlgorithm(fmt.Sprint(asked.Protected["alg"]))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jwk}, nil)
	if err != nil {
		return nil, err
	}
	message, err := signer.Sign(payload)
	if err != nil {
		return nil, err
	}
	return message.CompactSerialize()
}

func verify(asked request) (any, error) {
	var token string
	if err := json.Unmarshal(asked.Token, &token); err != nil {
		return nil, err
	}
	message, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(asked.Algorithm)})
	if err != nil {
		return nil, err
	}
	jwk, err := keyOf(asked.Key)
	if err != nil {
		return nil, err
	}
	payload, err := message.Verify(jwk)
	return base64.RawURLEncoding.EncodeToString(payload), err
}

func key(asked request) (any, error) {
	jwk, err := keyOf(asked.Jwk)
	if err != nil {
		return nil, err
	}
	thumbprint, err := jwk.Thumbprint(crypto.SHA256)
	return map[string]any{"jwk": jwk, "thumbprint": base64.RawURLEncoding.EncodeToString(thumbprint)}, err
}

func keyOf(text json.RawMessage) (*jose.JSONWebKey, error) {
	var jwk jose.JSONWebKey
	err := jwk.UnmarshalJSON(text)
	return &jwk, err
}

package io.trivigil.raft.ratis;

import java.nio.file.Path;
import java.util.Optional;

/// How nodes prove to each other, on the cluster port, that they belong together. All of it is TLS;
/// what differs is where the proof comes from. Files are looked at again for each new connection,
/// so that a renewed one counts without a restart; connections that stand are left alone.
///
/// The same kind on all nodes: one that speaks TLS and one that does not can not talk.
public sealed interface PortSecurity {
  /// Whoever reaches the port may speak; for a network that nobody else is on.
  record Open() implements PortSecurity {}

  /// Whoever knows the secret. It never travels: each process makes a key pair of its own and signs
  /// its certificate's public key with the secret, so that a connection is encrypted and mutual,
  /// and who listens learns nothing. See [SecretKeys].
  ///
  /// @param file one secret a line, of 16 characters at least; the first is used, all are accepted,
  ///   so that a secret can be exchanged node by node
  record SharedSecret(Path file) implements PortSecurity {}

  /// Mutual TLS with the operator's certificates, PEM.
  ///
  /// @param server what this node shows to who connects, with its key
  /// @param clientAuthorities whose certificates may connect
  /// @param client what this node shows when it connects
  /// @param serverAuthorities whose certificates it connects to; empty for the system's
  /// @param serverName the name that a peer's certificate must carry; empty for the host of its
  ///   address
  /// @param insecureSkipVerify whether it connects to anybody
  record Tls(
      KeyPairFiles server,
      Path clientAuthorities,
      KeyPairFiles client,
      Optional<Path> serverAuthorities,
      String serverName,
      boolean insecureSkipVerify)
      implements PortSecurity {}

  /// A chain of certificates and the key of the first, PEM: PKCS#8, or RSA's own form.
  record KeyPairFiles(Path certificates, Path key) {}
}

package io.trivigil.raft.ratis;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// What a node shows of itself.
///
/// @param certificates its own first, then who vouches for it
/// @param key the key of the first
record KeyChain(List<X509Certificate> certificates, PrivateKey key) {
  KeyChain {
    certificates = List.copyOf(certificates);
  }

  @Override
  public String toString() {
    return "KeyChain[<secret>]";
  }
}

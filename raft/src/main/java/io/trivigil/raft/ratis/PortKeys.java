package io.trivigil.raft.ratis;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Hands TLS the node's certificate as it is now. A handshake asks twice, for an alias and then for
/// what it means, so that the chains of the last few aliases are kept. Thread-safe; a private lock
/// guards them.
final class PortKeys extends X509ExtendedKeyManager {
  private static final int KEPT = 4;

  private final Supplier<KeyChain> server;
  private final Supplier<KeyChain> client;
  private final Object lock = new Object();
  private final Map<String, KeyChain> chains =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, KeyChain> eldest) {
          return size() > KEPT;
        }
      };
  private long aliases;

  PortKeys(Supplier<KeyChain> server, Supplier<KeyChain> client) {
    this.server = server;
    this.client = client;
  }

  private @Nullable String alias(KeyChain chain, String... keyTypes) {
    for (String type : keyTypes) {
      if (type.equals(chain.key().getAlgorithm())) {
        return alias(chain);
      }
    }
    return null;
  }

  private String alias(KeyChain chain) {
    synchronized (lock) {
      for (Map.Entry<String, KeyChain> known : chains.entrySet()) {
        if (known.getValue().equals(chain)) {
          return known.getKey();
        }
      }
      String alias = "node-" + aliases++;
      chains.put(alias, chain);
      return alias;
    }
  }

  private @Nullable KeyChain chain(String alias) {
    synchronized (lock) {
      return chains.get(alias);
    }
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(server.get(), keyType);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(client.get(), keyTypes);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(server.get(), keyType);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(client.get(), keyTypes);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = alias(server.get(), keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = alias(client.get(), keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    KeyChain chain = chain(alias);
    return chain == null ? null : chain.certificates().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    KeyChain chain = chain(alias);
    return chain == null ? null : chain.key();
  }
}

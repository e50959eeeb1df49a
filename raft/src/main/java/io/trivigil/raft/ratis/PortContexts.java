package io.trivigil.raft.ratis;

import io.trivigil.raft.ratis.PortSecurity.Open;
import io.trivigil.raft.ratis.PortSecurity.SharedSecret;
import io.trivigil.raft.ratis.PortSecurity.Tls;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLException;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.thirdparty.io.grpc.netty.GrpcSslContexts;
import org.apache.ratis.thirdparty.io.grpc.netty.InternalProtocolNegotiators;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.ClientAuth;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslContextBuilder;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;

/// Puts what the cluster port asks of a connection into everything that opens or takes one: Ratis'
/// server and its calls to peers, the client that passes entries on, and the greetings.
final class PortContexts {
  /// So short that a connection is judged anew each time, and not by what was so a day ago.
  private static final long SESSION_SECONDS = 1;

  static {
    StillConnections.install(); // before anything is connected
  }

  private final Doorkeeper doorkeeper;
  private final Optional<Managers> managers;

  private record Managers(PortKeys keys, PortTrust trust) {}

  /// @throws IOException if a file can not be used
  PortContexts(PortSecurity security, String clusterName, Doorkeeper doorkeeper)
      throws IOException {
    this.doorkeeper = doorkeeper;
    this.managers =
        switch (security) {
          case Open _ -> Optional.empty();
          case SharedSecret secret -> Optional.of(ofSecret(secret, clusterName));
          case Tls tls -> Optional.of(ofTls(tls));
        };
  }

  private Managers ofSecret(SharedSecret secret, String clusterName) throws IOException {
    Watched<List<SecretKeySpec>> secrets =
        new Watched<>(List.of(secret.file()), () -> SecretKeys.read(secret.file(), clusterName));
    Watched<KeyChain> own =
        new Watched<>(List.of(secret.file()), () -> SecretKeys.identity(secrets.get().getFirst()));
    Supplier<KeyChain> chain = own::get;
    return new Managers(
        new PortKeys(chain, chain), new PortTrust(PortJudges.secrets(secrets), doorkeeper));
  }

  private Managers ofTls(Tls tls) throws IOException {
    Watched<KeyChain> server = PortJudges.pair(tls.server());
    Watched<KeyChain> client = PortJudges.pair(tls.client());
    return new Managers(
        new PortKeys(server::get, client::get),
        new PortTrust(PortJudges.authorities(tls), doorkeeper));
  }

  /// What Ratis' own connections are made with.
  Parameters parameters() {
    Parameters parameters = new Parameters();
    managers.ifPresent(
        each -> {
          GrpcTlsConfig.Builder builder = GrpcTlsConfig.newBuilder();
          builder.setKeyManager(each.keys());
          builder.setTrustManager(each.trust());
          builder.setMutualTls(true);
          builder.setSslProvider(SslProvider.JDK);
          GrpcConfigKeys.TLS.setConf(parameters, builder.build());
        });
    return parameters;
  }

  /// Guards the port.
  NettyServerBuilder guard(NettyServerBuilder builder) {
    if (managers.isEmpty()) {
      return builder.protocolNegotiator(
          new KnockNegotiator(InternalProtocolNegotiators.serverPlaintext(), false, doorkeeper));
    }
    try {
      SslContextBuilder context =
          SslContextBuilder.forServer(managers.get().keys())
              .trustManager(managers.get().trust())
              .clientAuth(ClientAuth.REQUIRE)
              .sessionTimeout(SESSION_SECONDS);
      return builder.protocolNegotiator(
          new KnockNegotiator(
              InternalProtocolNegotiators.serverTls(
                  GrpcSslContexts.configure(context, SslProvider.JDK).build()),
              true,
              doorkeeper));
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS context could be made", e);
    }
  }

  /// Prepares a channel to a peer.
  NettyChannelBuilder secure(NettyChannelBuilder builder) {
    if (managers.isEmpty()) {
      return builder.usePlaintext();
    }
    try {
      SslContextBuilder context =
          SslContextBuilder.forClient()
              .keyManager(managers.get().keys())
              .trustManager(managers.get().trust());
      return builder
          .useTransportSecurity()
          .sslContext(GrpcSslContexts.configure(context, SslProvider.JDK).build());
    } catch (SSLException e) {
      throw new IllegalStateException("no TLS context could be made", e);
    }
  }

  Doorkeeper doorkeeper() {
    return doorkeeper;
  }
}

package io.trivigil.web.cli;

import io.trivigil.config.ConfigException;
import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import io.trivigil.raft.ratis.ClusterAccess;
import io.trivigil.raft.ratis.PortSecurity;
import io.trivigil.raft.ratis.PortSecurity.KeyPairFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The flags about who may connect to the cluster port.
final class ClusterFlags {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterFlags.class);
  private static final String STRICTEST = "RequireAndVerifyClientCert";
  private static final List<String> CLIENT_AUTH =
      List.of(
          "NoClientCert",
          "RequestClientCert",
          "RequireAnyClientCert",
          "VerifyClientCertIfGiven",
          STRICTEST);

  private ClusterFlags() {}

  /// @throws UsageException if a file can not be used
  static ClusterAccess access(FlagValues flags) {
    return new ClusterAccess(security(flags), flags.isOn("cluster.join"));
  }

  private static PortSecurity security(FlagValues flags) {
    String tls = flags.text("cluster.tls-config");
    String secret = flags.text("cluster.secret-file");
    if (!tls.isEmpty() && !secret.isEmpty()) {
      throw new UsageException(
          "--cluster.tls-config and --cluster.secret-file: one of them, for certificates prove more"
              + " than a secret does");
    }
    if (!tls.isEmpty()) {
      try {
        return tls(Path.of(tls), Files.readString(Path.of(tls)));
      } catch (IOException | ConfigException e) {
        throw new UsageException("--cluster.tls-config: " + e.getMessage());
      }
    }
    return secret.isEmpty()
        ? new PortSecurity.Open()
        : new PortSecurity.SharedSecret(Path.of(secret));
  }

  /// Reads a file in the shape of Alertmanager's `--cluster.tls-config`. Paths in it are relative
  /// to it.
  static PortSecurity.Tls tls(Path file, String text) throws ConfigException {
    Problems problems = new Problems();
    Optional<YamlValue> root = YamlValue.parse(file.toString(), text, problems);
    problems.throwIfAny();
    if (root.isEmpty()) {
      problems.add(io.trivigil.config.Position.of(file.toString()), "the file is empty");
      problems.throwIfAny();
    }
    YamlMap map = root.orElseThrow().map("cluster TLS config", problems);
    for (String part : List.of("tls_server_config", "tls_client_config")) {
      if (!map.has(part)) {
        map.problem(part, "missing %s in cluster TLS config".formatted(part));
      }
    }
    Path folder = Optional.ofNullable(file.getParent()).orElse(Path.of(""));
    Optional<Server> server =
        map.object("tls_server_config", "TLSServerConfig", each -> server(each, folder));
    Optional<Client> client =
        map.object("tls_client_config", "TLSClientConfig", each -> client(each, folder));
    map.done();
    problems.throwIfAny();
    return new PortSecurity.Tls(
        server.orElseThrow().pair(),
        server.orElseThrow().authorities(),
        client.orElseThrow().pair(),
        client.orElseThrow().authorities(),
        client.orElseThrow().serverName(),
        client.orElseThrow().skipVerify());
  }

  private record Server(KeyPairFiles pair, Path authorities) {}

  private record Client(
      KeyPairFiles pair, Optional<Path> authorities, String serverName, boolean skipVerify) {}

  private static Server server(YamlMap map, Path folder) {
    // What the JDK decides well, and what has no meaning between our own nodes.
    map.accept(
        "min_version",
        "max_version",
        "cipher_suites",
        "curve_preferences",
        "prefer_server_cipher_suites",
        "client_allowed_sans");
    if (map.has("client_allowed_sans")) {
      map.problem("client_allowed_sans", "client_allowed_sans is not supported");
    }
    String auth = map.string("client_auth_type", STRICTEST);
    if (!CLIENT_AUTH.contains(auth)) {
      map.problem("client_auth_type", "invalid client_auth_type: " + auth);
    } else if (!auth.equals(STRICTEST)) {
      LOG.warn(
          "nodes prove themselves to each other, whatever the file says file_says={} used={}",
          auth,
          STRICTEST);
    }
    return new Server(pair(map, folder), folder.resolve(map.requiredString("client_ca_file")));
  }

  private static Client client(YamlMap map, Path folder) {
    map.accept("min_version", "max_version");
    return new Client(
        pair(map, folder),
        map.string("ca_file").filter(name -> !name.isEmpty()).map(folder::resolve),
        map.string("server_name", ""),
        map.bool("insecure_skip_verify", false));
  }

  private static KeyPairFiles pair(YamlMap map, Path folder) {
    return new KeyPairFiles(
        folder.resolve(map.requiredString("cert_file")),
        folder.resolve(map.requiredString("key_file")));
  }
}

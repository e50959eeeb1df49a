package io.trivigil.alertmanager.config;

import io.trivigil.config.YamlMap;
import io.trivigil.config.http.SecretSource;
import io.trivigil.config.http.TlsConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Reads a TLS block that stands under a name of its own, such as `smtp_tls_config`.
final class TlsReader {
  private TlsReader() {}

  static Optional<TlsConfig> read(YamlMap map, String key, Path folder) {
    return map.object(key, "TLSConfig", tls -> fields(tls, folder));
  }

  private static TlsConfig fields(YamlMap map, Path folder) {
    for (String key : List.of("ca", "cert", "key")) {
      if (SecretSource.isTwice(map, key)) {
        map.problem(key, "at most one of %s and %s_file must be configured".formatted(key, key));
      }
    }
    Optional<SecretSource> cert = SecretSource.read(map, "cert", folder);
    Optional<SecretSource> key = SecretSource.read(map, "key", folder);
    if (cert.isPresent() != key.isPresent()) {
      map.problem("cert", "a client certificate and its key must be configured together");
    }
    return new TlsConfig(
        SecretSource.read(map, "ca", folder),
        cert,
        key,
        map.string("server_name", ""),
        map.bool("insecure_skip_verify", false),
        map.parsed("min_version", "TLSVersion", TlsReader::version).orElse(""),
        map.parsed("max_version", "TLSVersion", TlsReader::version).orElse(""));
  }

  private static String version(String text) {
    return switch (text) {
      case "TLS10" -> "TLSv1";
      case "TLS11" -> "TLSv1.1";
      case "TLS12" -> "TLSv1.2";
      case "TLS13" -> "TLSv1.3";
      default -> throw new IllegalArgumentException("unknown TLS version: " + text);
    };
  }
}

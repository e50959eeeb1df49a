package io.trivigil.config.http;

import io.trivigil.config.YamlMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How TLS connections are made.
///
/// @param serverName the name that the server's certificate must carry, empty for the URL's host
/// @param minVersion `TLSv1` … `TLSv1.3`, empty for the default
/// @param maxVersion as `minVersion`
public record TlsConfig(
    Optional<SecretSource> ca,
    Optional<SecretSource> cert,
    Optional<SecretSource> key,
    String serverName,
    boolean insecureSkipVerify,
    String minVersion,
    String maxVersion) {
  /// The defaults: the system's authorities, no client certificate.
  public static final TlsConfig DEFAULT =
      new TlsConfig(Optional.empty(), Optional.empty(), Optional.empty(), "", false, "", "");

  /// All versions that may be asked for, oldest first.
  static final List<String> VERSIONS = List.of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3");

  /// Reads the field `tls_config` of `map`.
  public static TlsConfig read(YamlMap map, Path folder) {
    return map.object("tls_config", "TLSConfig", tls -> readFields(tls, folder)).orElse(DEFAULT);
  }

  private static TlsConfig readFields(YamlMap map, Path folder) {
    map.accept("ca_ref", "cert_ref", "key_ref");
    for (String key : List.of("ca", "cert", "key")) {
      if (SecretSource.isTwice(map, key)) {
        map.problem(
            key, "at most one of %s, %s_file & %s_ref must be configured".formatted(key, key, key));
      }
    }
    boolean cert = SecretSource.isSet(map, "cert") || SecretSource.isSet(map, "cert_file");
    boolean key = SecretSource.isSet(map, "key") || SecretSource.isSet(map, "key_file");
    if (cert && !key) {
      map.problem(
          "cert",
          "exactly one of key or key_file must be configured when a client certificate is configured");
    } else if (key && !cert) {
      map.problem(
          "key",
          "exactly one of cert or cert_file must be configured when a client key is configured");
    }
    return new TlsConfig(
        SecretSource.read(map, "ca", folder),
        SecretSource.read(map, "cert", folder),
        SecretSource.read(map, "key", folder),
        map.string("server_name", ""),
        map.bool("insecure_skip_verify", false),
        map.parsed("min_version", "TLSVersion", TlsConfig::version).orElse(""),
        map.parsed("max_version", "TLSVersion", TlsConfig::version).orElse(""));
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

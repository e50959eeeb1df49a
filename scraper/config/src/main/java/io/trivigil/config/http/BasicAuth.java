package io.trivigil.config.http;

import io.trivigil.config.YamlMap;
import java.nio.file.Path;
import java.util.Optional;

/// Name and password of HTTP basic authentication.
public record BasicAuth(Optional<SecretSource> username, Optional<SecretSource> password) {
  static BasicAuth read(YamlMap map, Path folder) {
    map.accept("username_ref", "password_ref");
    if (SecretSource.isTwice(map, "username")) {
      map.problem(
          "username",
          "at most one of basic_auth username, username_file & username_ref must be configured");
    }
    if (SecretSource.isTwice(map, "password")) {
      map.problem(
          "password",
          "at most one of basic_auth password, password_file & password_ref must be configured");
    }
    return new BasicAuth(
        SecretSource.read(map, "username", folder), SecretSource.read(map, "password", folder));
  }
}

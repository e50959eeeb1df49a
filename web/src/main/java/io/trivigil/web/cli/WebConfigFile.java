package io.trivigil.web.cli;

import io.trivigil.config.ConfigException;
import io.trivigil.config.Problems;
import io.trivigil.config.YamlMap;
import io.trivigil.config.YamlValue;
import io.trivigil.web.server.BasicLogins;
import io.trivigil.web.server.Logins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The file of `--web.config.file`: users. TLS is not served yet, and is refused rather than
/// forgotten.
final class WebConfigFile {
  private WebConfigFile() {}

  /// Reads the file; everybody may log in where there is none.
  ///
  /// @throws UsageException if it can not be used
  static Logins read(String path) {
    if (path.isEmpty()) {
      return Logins.OPEN;
    }
    Problems problems = new Problems();
    try {
      Optional<YamlValue> root = YamlValue.parse(path, Files.readString(Path.of(path)), problems);
      problems.throwIfAny();
      if (root.isEmpty()) {
        return Logins.OPEN;
      }
      YamlMap map = root.get().map("web config", problems);
      map.accept("http_server_config");
      if (map.has("tls_server_config")) {
        map.problem("tls_server_config", "TLS is not served yet: put a proxy in front");
      }
      map.accept("tls_server_config");
      Map<String, String> users = map.stringMap("basic_auth_users");
      users.forEach(
          (name, hash) -> {
            if (!hash.matches("\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}")) {
              map.problem("basic_auth_users", "user %s has no bcrypt hash".formatted(name));
            }
          });
      map.done();
      problems.throwIfAny();
      return users.isEmpty() ? Logins.OPEN : new BasicLogins(users);
    } catch (IOException | ConfigException e) {
      throw new UsageException("--web.config.file: " + e.getMessage());
    }
  }
}

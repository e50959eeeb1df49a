package io.trivigil.web.backend;

import java.util.regex.Pattern;

/// Replaces secrets in the text of a `prometheus.yml` before anybody is shown it.
final class SecretMask {
  // java.util.regex, for it runs over our own operator's file; keys are those of http_config.
  private static final Pattern SECRET =
      Pattern.compile(
          "(?m)^(\\s*-?\\s*|.*[{,]\\s*)(password|credentials|client_secret|bearer_token|secret_key|key"
              + "|token|service_account_key)(\\s*:\\s*)(\"[^\"]*\"|'[^']*'|[^\\s,}#][^,}#\\n]*)");

  private SecretMask() {}

  static String mask(String yaml) {
    return SECRET.matcher(yaml).replaceAll("$1$2$3<secret>");
  }
}

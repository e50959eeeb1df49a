package io.trivigil.web.server;

import io.trivigil.web.http.Author;
import io.trivigil.web.http.Request;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Decides whether a request may pass.
@FunctionalInterface
public interface Logins {
  /// Everybody may.
  Logins OPEN = _ -> true;

  /// @param authorization the header `Authorization`, empty if there is none
  boolean allow(String authorization);

  /// The request with the name of its user, where log-ins are demanded and so the name was checked.
  default Request named(Request request) {
    if (allow("")) {
      return request;
    }
    String header = request.header("authorization").orElse("");
    String encoded = header.substring(Math.min(header.length(), "basic ".length())).strip();
    String login = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    return request.with(Author.USER, login.substring(0, Math.max(0, login.indexOf(':'))));
  }
}

package io.trivigil.web.http;

/// Who asked for something, in words that are kept.
public final class Author {
  /// The header under which the server itself notes the address of the other end; a client can not
  /// send it, since a name may not begin with a colon.
  public static final String PEER = ":peer";

  /// The header under which the server notes the name of a user that was checked.
  public static final String USER = ":user";

  private Author() {}

  /// `HTTP from 10.0.0.7 on n1`, or `HTTP from 10.0.0.7/anna on n1` with log-ins.
  public static String of(Request request, String node) {
    String user = request.header(USER).map(name -> "/" + name).orElse("");
    return "HTTP from %s%s on %s".formatted(request.header(PEER).orElse("?"), user, node);
  }
}

package io.trivigil.template;

import java.nio.charset.StandardCharsets;

/// One parsed template: its name, the file that it came from, and its nodes.
record Tree(String name, String parseName, String source, Node.Block root) {
  /// `file:line:column`, with the column in bytes as in Go.
  String location(Node node) {
    int pos = Math.min(node.pos(), source.length());
    int lineStart = source.lastIndexOf('\n', pos - 1) + 1;
    long line = source.substring(0, pos).chars().filter(c -> c == '\n').count() + 1;
    int column = source.substring(lineStart, pos).getBytes(StandardCharsets.UTF_8).length;
    return parseName + ":" + line + ":" + column;
  }
}

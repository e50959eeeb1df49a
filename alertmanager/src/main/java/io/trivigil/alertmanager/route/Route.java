package io.trivigil.alertmanager.route;

import io.trivigil.alertmanager.match.Matchers;
import io.trivigil.model.Labels;
import io.trivigil.model.Matcher;
import io.trivigil.model.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One node of the routing tree. Immutable once the tree is made.
public final class Route {
  private final String key;
  private final List<Matcher> matchers;
  private final RouteOptions options;
  private final boolean continues;
  private final List<Route> children;
  private String stateSuffix = "";

  /// @param key the parent's key and `/`, or empty for the root
  private Route(
      String key,
      List<Matcher> matchers,
      RouteOptions options,
      boolean continues,
      List<Route> children) {
    this.key = key;
    this.matchers = matchers;
    this.options = options;
    this.continues = continues;
    this.children = children;
  }

  /// A node before it knows its parents.
  ///
  /// @param matchers in any order
  /// @param options with everything inherited filled in
  public record Node(
      List<Matcher> matchers, RouteOptions options, boolean continues, List<Node> children) {
    public Node {
      matchers = List.copyOf(matchers);
      children = List.copyOf(children);
    }
  }

  /// Makes the tree.
  public static Route of(Node root) {
    Route tree = of(root, "");
    Map<String, Set<String>> receivers = new HashMap<>();
    tree.markSameKeys(receivers);
    return tree;
  }

  private static Route of(Node node, String prefix) {
    List<Matcher> sorted = node.matchers().stream().sorted(Matchers.ORDER).toList();
    String key = prefix + Matchers.text(sorted);
    List<Route> children = node.children().stream().map(child -> of(child, key + "/")).toList();
    return new Route(key, sorted, node.options(), node.continues(), children);
  }

  // Two siblings with equal matchers have equal keys, as upstream; if their receivers differ, their
  // groups must not share their timing.
  private void markSameKeys(Map<String, Set<String>> receivers) {
    Set<String> known = receivers.computeIfAbsent(key, _ -> new LinkedHashSet<>());
    known.add(options.receiver());
    int number = new ArrayList<>(known).indexOf(options.receiver());
    stateSuffix = number == 0 ? "" : "#" + (number + 1);
    children.forEach(child -> child.markSameKeys(receivers));
  }

  /// The matchers from the root down to here: `{}/{severity="critical"}`.
  public String key() {
    return key;
  }

  public List<Matcher> matchers() {
    return matchers;
  }

  public RouteOptions options() {
    return options;
  }

  public boolean continues() {
    return continues;
  }

  public List<Route> children() {
    return children;
  }

  /// The routes at which an alert ends: depth first, the first child that matches ends the search
  /// unless it says `continue`; the node itself if no child matches.
  public List<Route> match(Labels labels) {
    if (!Matchers.matches(matchers, labels)) {
      return List.of();
    }
    List<Route> all = new ArrayList<>();
    for (Route child : children) {
      List<Route> matched = child.match(labels);
      all.addAll(matched);
      if (!matched.isEmpty() && !child.continues) {
        break;
      }
    }
    return all.isEmpty() ? List.of(this) : all;
  }

  /// The names of the receivers that an alert with these labels reaches, in order: what `amtool
  /// config routes test` prints.
  public List<String> receiversFor(Labels labels) {
    return match(labels).stream().map(route -> route.options.receiver()).toList();
  }

  /// The labels that make an alert's group on this route.
  public Labels groupLabels(Labels labels) {
    return options.groupByAll() ? labels : labels.keep(options.groupBy());
  }

  /// The group's key as upstream writes it: `{}/{a="b"}:{alertname="X"}`.
  public String groupKey(Labels groupLabels) {
    return key + ":" + text(groupLabels);
  }

  /// The group's key in the replicated state: the group key, made unique where two routes with
  /// different receivers have the same one.
  public String stateKey(Labels groupLabels) {
    return key + stateSuffix + ":" + text(groupLabels);
  }

  /// This route alone, without a wait before a group's first flush. Its groups have the keys that
  /// this route's have.
  public Route withoutWait() {
    Route alone = new Route(key, matchers, options.withoutWait(), continues, List.of());
    alone.stateSuffix = stateSuffix;
    return alone;
  }

  /// This route and all below it, depth first.
  public List<Route> all() {
    List<Route> all = new ArrayList<>(List.of(this));
    children.forEach(child -> all.addAll(child.all()));
    return all;
  }

  // Names stand as they are here, whatever characters they have.
  private static String text(Labels labels) {
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < labels.size(); i++) {
      out.append(i == 0 ? "" : ", ").append(labels.name(i)).append('=');
      out.append(Names.quote(labels.value(i)));
    }
    return out.append('}').toString();
  }

  @Override
  public String toString() {
    return key + " -> " + options.receiver();
  }
}

package io.trivigil.storage.index;

import io.trivigil.model.Labels;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongArrays;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.BytesRefBuilder;

/// Members on their way into the index as one segment: noted one by one, then grouped as the
/// segment's files hold them. What Lucene would find out again for each document, which term a
/// label is and where it sorts, is found once for each label here. Belongs to one thread.
final class NewMembers {
  // Memory of each, about, with what grouping takes.
  private static final int BYTES_PER_MEMBER = 48; // beside its labels
  private static final int BYTES_PER_LABEL = 12; // of a member
  private static final int BYTES_PER_TEXT = 130; // beside its characters
  private static final int BYTES_PER_NAME = 800; // the same

  /// A value of the label with that number.
  private record Text(int label, BytesRef bytes) {}

  /// What one label says. A value is often that of the member before.
  private static final class Label {
    private final int number;
    private final String field;
    private final BytesRef name;
    private final Object2IntOpenHashMap<String> texts = numbers();
    private String last = ""; // which no label has
    private int lastText = -1;

    Label(int number, String field, BytesRef name) {
      this.number = number;
      this.field = field;
      this.name = name;
    }
  }

  /// A segment's worth.
  ///
  /// @param refs of the members, which are documents in this order
  /// @param metricOrds of the members
  /// @param metrics what they are sorted by
  /// @param fields in the order of their names
  record Grouped(long[] refs, int[] metricOrds, List<BytesRef> metrics, List<Field> fields) {}

  /// A field with terms.
  ///
  /// @param terms in their order
  /// @param docCount how many documents have one
  record Field(String name, List<Term> terms, int docCount) {}

  /// The documents that have a term: from `docs[from]` up to, but not including, `docs[to]`.
  record Term(BytesRef bytes, int[] docs, int from, int to) {}

  private final int expected;
  private final long mostBytes;
  private final LongArrayList refs = new LongArrayList();
  private final IntArrayList metrics = new IntArrayList(); // a number for each member
  private final IntArrayList ends = new IntArrayList(); // of each member's in `said`
  private final IntArrayList said = new IntArrayList(); // texts of one member after the other
  private final List<BytesRef> metricKeys = new ArrayList<>(); // by number
  private final Object2IntOpenHashMap<String> metricNumbers = numbers();
  private final List<Text> texts = new ArrayList<>(); // by number
  private final List<Label> labels = new ArrayList<>(); // by number
  private final Map<String, Label> byName = new HashMap<>();
  private final Label odd = label(LuceneFields.ODD.field(), LuceneFields.ODD.bytes());
  private final BytesRefBuilder room = new BytesRefBuilder();
  private boolean rising = true; // the references
  private int withLabels;
  private long textBytes;

  /// @param expected so many members come at the most
  /// @param mostBytes what they may take before they are [#isFull]
  NewMembers(int expected, long mostBytes) {
    this.expected = expected;
    this.mostBytes = mostBytes;
  }

  private static Object2IntOpenHashMap<String> numbers() {
    Object2IntOpenHashMap<String> map = new Object2IntOpenHashMap<>();
    map.defaultReturnValue(-1);
    return map;
  }

  int size() {
    return refs.size();
  }

  /// About how much memory the members take, with what [#grouped] takes.
  long bytes() {
    return (long) BYTES_PER_MEMBER * refs.size() + (long) BYTES_PER_LABEL * said.size() + textBytes;
  }

  /// Whether they take what they may.
  boolean isFull() {
    return bytes() >= mostBytes;
  }

  void add(long ref, Labels of) {
    if (refs.isEmpty()) {
      makeRoom(of.size());
    }
    rising &= refs.isEmpty() || refs.getLong(refs.size() - 1) <= ref;
    refs.add(ref);
    metrics.add(metric(of.metricName()));
    if (LuceneFields.isOdd(of)) {
      said.add(text(odd, LuceneFields.ODD.text()));
    } else {
      for (int i = 0; i < of.size(); i++) {
        Label label = byName.get(of.name(i));
        said.add(text(label == null ? label(of.name(i)) : label, of.value(i)));
      }
      withLabels += of.isEmpty() ? 0 : 1;
    }
    ends.add(said.size());
  }

  /// Arrays that grow are made several times over, and many of them outlive the young generation.
  private void makeRoom(int labels) {
    int most = (int) (mostBytes / (BYTES_PER_MEMBER + (long) BYTES_PER_LABEL * labels)) + 1;
    int members = Math.min(expected, most);
    refs.ensureCapacity(members);
    metrics.ensureCapacity(members);
    ends.ensureCapacity(members);
    said.ensureCapacity(members * Math.max(1, labels));
  }

  private int metric(String name) {
    int known = metricNumbers.getInt(name);
    if (known < 0) {
      known = metricKeys.size();
      metricNumbers.put(name, known);
      metricKeys.add(LuceneFields.sortedBy(bytes(name)));
    }
    return known;
  }

  private Label label(String name) {
    Label label = label(LuceneFields.label(name), bytes(name));
    byName.put(name, label);
    return label;
  }

  private Label label(String field, BytesRef name) {
    Label label = new Label(labels.size(), field, name);
    labels.add(label);
    textBytes += BYTES_PER_NAME;
    return label;
  }

  @SuppressWarnings("ReferenceEquality") // a short cut: the store keeps each text once
  private int text(Label label, String value) {
    if (value == label.last) {
      return label.lastText;
    }
    int known = label.texts.getInt(value);
    if (known < 0) {
      known = texts.size();
      label.texts.put(value, known);
      texts.add(new Text(label.number, bytes(value)));
    }
    label.last = value;
    label.lastText = known;
    return known;
  }

  private BytesRef bytes(String text) {
    room.copyChars(text);
    textBytes += BYTES_PER_TEXT + room.length();
    return new BytesRef(ArrayUtil.copyOfSubArray(room.bytes(), 0, room.length()));
  }

  /// Groups them, once: they are forgotten here.
  Grouped grouped() {
    int[] order = new int[refs.size()];
    int[] ords = new int[refs.size()];
    List<BytesRef> sorted = sort(order, ords);
    long[] refsInOrder = new long[order.length];
    for (int doc = 0; doc < order.length; doc++) {
      refsInOrder[doc] = refs.getLong(order[doc]);
    }
    refs.clear();
    refs.trim();
    metrics.clear();
    metrics.trim();
    Grouped grouped = new Grouped(refsInOrder, ords, sorted, fields(order));
    said.clear();
    said.trim();
    ends.clear();
    ends.trim();
    return grouped;
  }

  /// Puts the members into the order of the index, and the place of each one's metric beside.
  private List<BytesRef> sort(int[] order, int[] ords) {
    Integer[] numbers = new Integer[metricKeys.size()];
    Arrays.setAll(numbers, i -> i);
    Arrays.sort(numbers, Comparator.comparing(metricKeys::get));
    List<BytesRef> sorted = new ArrayList<>();
    int[] ordOf = new int[numbers.length];
    for (int number : numbers) {
      BytesRef key = metricKeys.get(number);
      if (sorted.isEmpty() || !sorted.getLast().equals(key)) { // long ones may begin alike
        sorted.add(key);
      }
      ordOf[number] = sorted.size() - 1;
    }
    int[] next = new int[sorted.size() + 1]; // place of the next member of each metric
    for (int member = 0; member < order.length; member++) {
      next[ordOf[metrics.getInt(member)] + 1]++;
    }
    for (int ord = 1; ord < next.length; ord++) {
      next[ord] += next[ord - 1];
    }
    int[] byRef = new int[order.length];
    Arrays.setAll(byRef, i -> i);
    if (!rising) {
      LongArrays.radixSortIndirect(byRef, refs.toLongArray(), true);
    }
    for (int member : byRef) {
      int ord = ordOf[metrics.getInt(member)];
      ords[next[ord]] = ord;
      order[next[ord]++] = member;
    }
    return sorted;
  }

  private List<Field> fields(int[] order) {
    // Where the documents of each text begin, and of each label; behind the loop: where they end.
    int[] at = new int[texts.size()];
    int[] nameAt = new int[labels.size()];
    int[] labelOf = new int[texts.size()];
    count(at, nameAt, labelOf);
    int[] docs = new int[said.size()];
    int[] nameDocs = new int[said.size()];
    int[] all = said.elements();
    for (int doc = 0; doc < order.length; doc++) {
      int member = order[doc];
      int end = ends.getInt(member);
      for (int i = member == 0 ? 0 : ends.getInt(member - 1); i < end; i++) {
        int text = all[i];
        docs[at[text]++] = doc;
        nameDocs[nameAt[labelOf[text]]++] = doc;
      }
    }
    List<List<Term>> terms = new ArrayList<>();
    labels.forEach(_ -> terms.add(new ArrayList<>()));
    for (int i = 0; i < at.length; i++) {
      Text text = texts.get(i);
      terms.get(text.label()).add(new Term(text.bytes(), docs, i == 0 ? 0 : at[i - 1], at[i]));
    }
    List<Term> names = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    for (Label label : labels) {
      int from = label.number == 0 ? 0 : nameAt[label.number - 1];
      int to = nameAt[label.number];
      if (from < to) {
        fields.add(field(label.field, terms.get(label.number), to - from));
        if (label != odd) {
          names.add(new Term(label.name, nameDocs, from, to));
        }
      }
    }
    if (!names.isEmpty()) {
      fields.add(field(LuceneFields.NAMES, names, withLabels));
    }
    fields.sort(Comparator.comparing(Field::name));
    return fields;
  }

  private static Field field(String name, List<Term> terms, int docCount) {
    terms.sort(Comparator.comparing(Term::bytes));
    return new Field(name, terms, docCount);
  }

  private void count(int[] at, int[] nameAt, int[] labelOf) {
    int[] all = said.elements();
    for (int i = 0, many = said.size(); i < many; i++) {
      at[all[i]]++;
    }
    int from = 0;
    for (int text = 0; text < at.length; text++) {
      labelOf[text] = texts.get(text).label();
      int many = at[text];
      nameAt[labelOf[text]] += many;
      at[text] = from;
      from += many;
    }
    from = 0;
    for (int label = 0; label < nameAt.length; label++) {
      int many = nameAt[label];
      nameAt[label] = from;
      from += many;
    }
  }
}

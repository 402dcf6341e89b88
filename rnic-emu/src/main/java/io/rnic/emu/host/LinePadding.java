package io.rnic.emu.host;

/**
 * A cache line in front of the fields of whatever extends it. Objects that are written on the data path extend it: then
 * their fields share no line with what lies before them, and what lies behind them is padded too or seldom written,
 * wherever the collector puts the objects. It is there for the layout alone.
 */
@SuppressWarnings("unused") // the fields are there for the room that they take
public abstract class LinePadding {
    // The int fills the gap behind the header, which a subclass's field would fill otherwise.
    int pad0;
    long pad1;
    long pad2;
    long pad3;
    long pad4;
    long pad5;
    long pad6;
    long pad7;

    /** Padding. */
    protected LinePadding() {
    }
}

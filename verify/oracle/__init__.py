"""The oracle: each layer in idiomatic torch, autograd for every gradient.

Nothing is shared with lenet_ref but the parameters and the network's description: the
connection table, the bitmaps and the constants are written down a second time here.
"""

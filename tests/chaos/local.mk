# chaos
